"""Django looks for models here; each stage keeps its own."""

"""Figures that never change any more: of a broadcast once its window is over, and of a period that was frozen."""

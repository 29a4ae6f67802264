"""What comes back: clicks, opens, unsubscribes, Telegram updates."""

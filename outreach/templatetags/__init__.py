"""What templates of outreach can use."""

"""The mailbox to which mail servers send back what they could not deliver, for those who send over SMTP."""

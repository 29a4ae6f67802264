"""Commands of outreach, each thin: parse, call one service, answer."""

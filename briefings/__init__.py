"""The domain: articles in, statements and events on record, briefings out. No chat platform, no scheduler."""

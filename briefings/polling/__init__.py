"""Places that are polled: when each is due, what it lists now, and what of it is new.

`rhythm` says when, `place` what is known of a place, `listed` fetches what it lists, `arrivals` makes articles of new
entries, `poller` holds them together and runs many polls at once.
"""

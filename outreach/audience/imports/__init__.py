"""Lists of people that are brought in from files: uploaded, tried, and carried out chunk by chunk in a worker.

Nothing here subscribes anybody again: whoever left, was suppressed or was stopped stays so, whatever a list says.
"""

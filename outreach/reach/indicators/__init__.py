"""The results framework of a campaign: what it wants to change, by which indicators that shows, and how far it came.

:mod:`.framework` and :mod:`.records` hold what people write, :mod:`.trail` every change of it; :mod:`.keeping` is the
only way to write. :mod:`.actuals` says what was reached, :mod:`.logframe` puts it beside what was planned.
"""

"""What readers and staff get, measured on a running demo in Chromium.

``make audit`` starts a demo of its own as ``make demo`` does (gunicorn, compressed files, no debugging), finds every
kind of page in every language there, measures, prints one table (what, measured, must be) and exits with 1 if a "must"
is missed. It writes nothing into this folder but the two programs it runs with Node, into ``.local/audit``.

``make audit ARGS="--only lighthouse"`` measures a part (several with commas), ``--without axe`` leaves one out:

* **pages**: every kind of page has one that is published, and no address of the site is unknown here.
* **lighthouse**: mobile, simulated throttling; of the performance, the median of three. Home, a story, an infographic
  and the form must reach 95, 100, 100, 100; all other kinds are for information (``--all-kinds``).
* **axe**: every kind, in every language, at 360 px in light and 1280 px in dark colours, in English also the other way
  round.
* **staff**: axe on the pages of ours in the admin, as each role finds them by their addresses and links.
* **reflow**: no page scrolls sideways at 320 px, with text of twice the size, or from right to left.
* **keyboard**: the Tab key reaches all there is to press, and each has a mark that is seen.
* **html**: the Nu HTML checker, on every kind in every language.
* **weight**: what goes over the wire, to whom, and what is kept: bytes, third parties, cookies.

``--pictures FOLDER`` writes pictures of all kinds for looking at (``--kinds story,home`` for some), and measures
nothing. ``--at URL --local DIR`` takes a demo that runs already and keeps its things in DIR.

It needs Chromium (``CHROMIUM`` says where), Node 18 or newer with npm for Lighthouse, and Java for the Nu HTML checker;
both checkers come from npm, in the versions of ``package-lock.json``.
"""

"""How fast the product is, beside its limits and its peers, in one run on one machine.

``make bench`` measures everything in about a quarter of an hour and prints one table. Figures of a machine that
others use too are worth little by themselves; what is judged are ratios of contestants that ran in turn, medians of
several rounds. It exits with 1 if a "must" is missed, and writes nothing into this folder.

``make bench ARGS="--only email"`` measures a part: ``email``, ``kill``, ``telegram``, ``freeze``, ``memory``,
``segments`` (several with commas). ``--people 20000`` says how many messages a round has, ``--million 1000000`` how
many people are frozen, ``--rounds 3`` how often each contestant runs, ``--seconds 40`` after how long a slow one is
stopped, ``--database sqlite`` or ``postgres`` leaves the other out, ``--keep`` leaves logs behind.

* **email**: mails of about 30 kB, personal, each with twelve tracked links of its own and one for leaving, to
  Postfix's ``smtp-sink``; counted until the ledger says that all are accepted, from the first line that a worker
  opens. Beside it Postfix's ``smtp-source`` with ten sessions and the same size,
  django-post_office (one process, five threads, its queue filled beforehand) and Django's own loop over one
  connection, which fill the same mail with as many links.
* **kill**: SIGKILL in the middle of that; how many became uncertain, beside how many lines were open.
* **telegram**: to a Bot API server that writes down when each call came. At 30 a second: the most in any second, the
  sustained rate, the processor's share, and what happens when it asks for a pause. And without a limit.
* **freeze**: fixing an audience of a million, beside a plain ``INSERT … SELECT`` of the same rows into the same
  table.
* **segments**: counting the people of a rule, beside the quickest of several statements by hand that count the same
  ones; as many people as are frozen on PostgreSQL, a fifth of them on SQLite.
* **memory**: the most that a worker has had while it sends to a million people, and to ten thousand.

``smtp-source`` and ``smtp-sink`` come from Debian's package ``postfix``, which is unpacked into a temporary folder
and not installed; django-post_office is installed into that folder too. Both need the network, unless the two
programs are there. PostgreSQL is expected at 127.0.0.1:5432, or where ``POSTGRES_SERVER`` says.
"""

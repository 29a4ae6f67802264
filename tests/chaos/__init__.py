"""The storm: a broadcast goes out while workers are killed, the database is cut and the receivers misbehave.

``make chaos`` runs it on SQLite and on PostgreSQL (127.0.0.1:5432, or where ``POSTGRES_SERVER`` says) with 20,000
people and 20 kills. ``make chaos ARGS="--people 2000 --kills 5"`` is the short one. ``--database sqlite`` or
``postgres`` runs one of them, ``--seed`` rolls other dice, ``--keep`` leaves the databases, records and logs behind
and says where.

A run writes nothing into this folder. It prints one table a database, and exits with 1 if anybody was lost or written
to twice, if more became uncertain than a killed worker had open lines, or if the ledger does not balance.

How it goes: people on both channels, some of whom left or are suppressed, are written to in four languages. A mail
server and a Bot API server (``tests/ground``) keep what comes and write down whose it is before they answer. They
refuse, break the line before and after a mail arrived, fall silent, ask for pauses, and know some addresses no more.
Meanwhile workers are killed with SIGKILL, added, told to stop; on PostgreSQL their connections are cut, on SQLite
another program holds the database. When all that is left waits for its time, the workers are stopped and five hours
pass in a moment (``tests/ground/calendar.py``). At the end the ledger is compared with the receivers' records before
a person decides about what is uncertain; then that decision is taken through the service, the broadcast finishes, and
``check_ledger`` is asked.
"""

"""Where the instances that a query loads go, and what is read of them: an abstract run of the project's functions.

Each function is run once for each class of receiver, on *values*: sets of things that an expression may stand for
(`values`). What it gets from outside stays a symbol, so its *summary* (what it returns, what it reads of its
arguments) holds for every caller: a call puts the arguments in the place of the symbols (`substitution`). Nothing of
the project is executed.

    frame        one function being run: names, what it returns, what it reads
    statements   `if`, `for`, `with`, assignments
    expressions  names, literals, comprehensions
    attributes   what `x.name` is
    calls        which functions a call reaches, and what comes back
    queries      SQLAlchemy: statements, sessions, results
    loaders      SQLAlchemy: `selectinload(…)` and its relatives
    builtin      Python's own functions that hand on what they get
    responses    what Pydantic reads of an object
    criteria     which instances at hand a query is about
    conditions   branches that flags of the caller rule out
    libraries    libraries that build or run queries
    injection    what FastAPI hands to a parameter
    meanings     what names, attributes and annotations of the project stand for
    lifetimes    what a commit or a refresh makes instances forget
    engine       summaries, to a fixpoint
    running      which statements run together
"""

"""Work on many texts at once: in processes of this machine, or on many machines through an executor.

`gathering` has facts gathered and `rewriting` files rewritten, in whichever way there is. `forks` are processes that
inherit the texts, `pools` those that are started where a fork is not safe; `executors` hands batches to any
`concurrent.futures.Executor`, whose workers share nothing with this machine, `remote` is what they run, `dask` connects
to a cluster.
"""

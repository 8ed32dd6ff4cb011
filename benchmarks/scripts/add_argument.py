"""Methods get one more argument with a default."""

from bowler import Query


def query(paths):
    return [
        Query(paths).select_method("matches").add_argument("strict", "False"),
        Query(paths).select_method("run_command").is_def().add_argument("timeout", "None"),
        Query(paths).select_function("get_settings").add_argument("reload", "False"),
        Query(paths).select_method("get_user").is_call().add_argument("cached", "True", positional=True),
    ]

"""Arguments that nobody needs go. Bowler wants the function itself; what it looks like is enough."""

from bowler import Query


def invalidate_on_message(self, message, db): ...
def run_command(self, command, redirect_stderr=True): ...
def get_environment(db, name=None, id=None, namespace_id=None): ...


for function, argument in ((invalidate_on_message, "db"), (run_command, "redirect_stderr")):
    Query().select_method(function).remove_argument(argument).write()
Query().select_function(get_environment).remove_argument("id").write()

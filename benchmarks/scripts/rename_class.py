"""Classes get other names: a list of queries at module level."""

from bowler import Query

queries = [
    Query().select_class("Settings").rename("AppSettings"),
    Query().select_class("CondaStoreError").rename("StoreError"),
    Query().select_class("PaginationRecursionError").rename("EndlessPages"),
    Query().select_class("DummyAuthentication").rename("NoAuthentication"),
]

"""Functions and methods get other names, as `bowler run` starts it."""

from bowler import Query

RENAMES = {"get_settings": "load_settings", "get_db": "open_db", "determine_next_page_params": "next_page_params"}


def main():
    for old, new in RENAMES.items():
        Query(".").select_function(old).rename(new).idiff()


if __name__ == "__main__":
    main()

"""What a service promises its clients, as two parsed OpenAPI documents tell it, and what a migration changed of that.

Nothing here imports or runs a target: whoever asks brings the documents. `compare` finds the differences, `change` says
what each kind of them means for clients, and a rule declares (`Rule.contract`) the kinds that its edits may make.
"""

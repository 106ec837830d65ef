"""What crosses between Python and JavaScript: for each value its type and the function that makes it.

Every value is JSON. ``web/values.d.ts`` is written from these types by ``python -m tools.value_types``.
"""

"""What a tool for questions and answers can't ask: streams do not end, and WebSockets are no answers. Tests of their own have both."""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    if isinstance(case.query, dict):
        for name in ("watch", "follow"):
            case.query.pop(name, None)
    if case.headers:
        case.headers.pop("Upgrade", None)
    options = case.body.get("Opts") if isinstance(case.body, dict) else None
    if isinstance(options, dict):
        options.pop("Follow", None)

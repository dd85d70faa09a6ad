"""Why something is not believed."""


class Refused(Exception):
    """Why bytes are not believed."""


def need(holds, why):
    if not holds:
        raise Refused(why)

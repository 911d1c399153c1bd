"""The seal: from here on the process opens, starts and reaches nothing.

The filters are made by the sandbox's launcher, from the same tables as every worker's, and
come as an argument: this module only puts them in force. What it needs for that (`ctypes`)
it takes out of the modules again.
"""

import os
import sys

SEALED, WHERE_POSSIBLE = "sealed", "sealed-where-possible"

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2
CREATE_RULESET, RESTRICT_SELF, WHICH_VERSION = 444, 446, 1

# What each version of Landlock added: rights to files, rights to the network, scopes.
FILES = {1: 13, 2: 14, 3: 15, 5: 16}
NETWORK, NETWORK_SINCE = 0b11, 4
SCOPES, SCOPES_SINCE = 0b11, 6


def close_for_good(how, filters):
    """Empties standard input and seals the process, as far as `how` demands."""
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    if how not in (SEALED, WHERE_POSSIBLE):
        return
    try:
        # The last file that is read: Python 3.14 and newer import something for a structure.
        made_of = _structure()
        _restrict_files()
        _filter_calls(filters, made_of)
    except OSError:
        if how == SEALED:
            raise
    for name in [name for name in sys.modules if name.partition(".")[0] in ("ctypes", "_ctypes")]:
        del sys.modules[name]


def _libc():
    import ctypes

    return ctypes, ctypes.CDLL(None, use_errno=True)


def _checked(result, ctypes, what):
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result


def _restrict_files():
    ctypes, libc = _libc()
    call = libc.syscall
    call.restype = ctypes.c_long
    version = call(CREATE_RULESET, None, ctypes.c_size_t(0), WHICH_VERSION)
    _checked(version, ctypes, "Landlock")
    rights = max(bits for since, bits in FILES.items() if since <= version)
    fields = [(1 << rights) - 1]
    if version >= NETWORK_SINCE:
        fields.append(NETWORK)
    if version >= SCOPES_SINCE:
        fields.append(SCOPES)
    ruleset = (ctypes.c_uint64 * len(fields))(*fields)
    size = ctypes.c_size_t(ctypes.sizeof(ruleset))
    opened = _checked(call(CREATE_RULESET, ctypes.byref(ruleset), size, 0), ctypes, "Landlock")
    _checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ctypes, "giving up privileges")
    _checked(call(RESTRICT_SELF, opened, 0), ctypes, "Landlock")
    os.close(opened)


def _structure():
    """A filter as the kernel takes it."""
    ctypes, _ = _libc()

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]

    return Program


def _filter_calls(filters, made_of):
    ctypes, libc = _libc()
    if not filters:
        raise OSError("no filters were given")
    # The last one allows no further filter.
    for text in filters:
        instructions = bytes.fromhex(text)
        program = made_of(len(instructions) // 8, instructions)
        done = libc.prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0)
        _checked(done, ctypes, "seccomp")

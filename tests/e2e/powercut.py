"""A disk that loses what was not synced: from the journal of tests/shim/powercut.c, the folder as a
power cut at any moment would have left it.

What a file holds is durable up to its last fsync; a name in a folder up to that folder's last
fsync (of a file that was moved: its new folder's). POSIX promises no more. Of the rest a cut keeps

  strict    nothing
  names     every change of names, and no bytes: the empty file behind a rename
  journal   changes of names up to some moment; of the bytes, sectors at random
  any       names and sectors at random, each for itself
  all       everything: that is a kill and no power cut

A sector (512 or 4096 bytes) is written whole or not at all, which is what SQLite relies on too."""

import os
import random
import stat
import struct
from pathlib import Path

HEAD = struct.Struct("<IBiQQHH")
MODES = ["strict", "names", "journal", "any"]
SHIM_CHANGES = set("MDRLUTWF Y".replace(" ", ""))


class Op:
    __slots__ = ("kind", "fd", "a", "b", "p", "q", "data")

    def __init__(self, kind, fd, a, b, p, q, data):
        self.kind, self.fd, self.a, self.b, self.p, self.q, self.data = kind, fd, a, b, p, q, data

    def __repr__(self):
        return f"{self.kind} fd={self.fd} a={self.a} {self.p} {self.q} {len(self.data)} bytes"


def read_journal(path):
    raw, at, ops = Path(path).read_bytes(), 0, []
    while at < len(raw):
        n, kind, fd, a, b, pn, qn = HEAD.unpack_from(raw, at)
        if at + n > len(raw):
            break  # killed while it was written: the change was made, and nobody was told
        p = at + HEAD.size
        ops.append(Op(chr(kind), fd, a, b, os.fsdecode(raw[p:p + pn]),
                      os.fsdecode(raw[p + pn:p + pn + qn]), raw[p + pn + qn:at + n]))
        at += n
    return ops


def acknowledge(journal, text):
    """Add an acknowledgement from outside: what a finished command printed."""
    data = text.encode()
    with open(journal, "ab") as f:
        f.write(HEAD.pack(HEAD.size + len(data), ord("A"), 1, 0, 0, 0, 0) + data)


def environment(root, journal=None, **more):
    """For a program that the shim watches; sanitizers want to be first, and need not be."""
    import assay
    env = dict(os.environ, POWERCUT_ROOT=str(root),
               LD_PRELOAD=str(assay.program().parent / "tests" / "shim" / "powercut.so"))
    env["ASAN_OPTIONS"] = ":".join(filter(None, [env.get("ASAN_OPTIONS"),
                                                 "verify_asan_link_order=0"]))
    if journal:
        env["POWERCUT_JOURNAL"] = str(journal)
    return env | {f"POWERCUT_{k.upper()}": str(v) for k, v in more.items()}


class Node:
    """A file or a folder: as programs see it, and as the platter has it."""

    def __init__(self, is_dir, mode):
        self.is_dir, self.mode = is_dir, mode
        self.live = {} if is_dir else bytearray()
        self.durable = {} if is_dir else b""
        self.pending = []  # of a file: (offset, bytes), or (length, None) for a truncation

    def sync(self):
        self.durable = bytes(self.live)
        self.pending = []


class Disk:
    """ignore: kinds of sync that this disk pretends to do, to see that their absence is noticed:
    "file", "folder", "all" (syncfs)."""

    def __init__(self, root, ignore=()):
        self.root = os.path.normpath(root)
        self.ignore = set(ignore)
        self.top = self._load(self.root)
        self.fds = {}
        self.names = []  # pending changes: lists of (folder, name, node or None), the first decides

    def _load(self, path):
        st = os.lstat(path)
        node = Node(stat.S_ISDIR(st.st_mode), stat.S_IMODE(st.st_mode))
        if node.is_dir:
            node.live = {n: self._load(os.path.join(path, n)) for n in sorted(os.listdir(path))}
            node.durable = dict(node.live)
        else:
            node.live = bytearray(Path(path).read_bytes())
            node.sync()
        return node

    # --- what the programs did ---

    def _find(self, path):
        """(folder, name) of a path; (None, "") for the root itself."""
        rel = os.path.relpath(os.path.normpath(path), self.root)
        if rel == ".":
            return None, ""
        *above, name = rel.split(os.sep)
        folder = self.top
        for part in above:
            folder = folder.live[part]
        return folder, name

    def _node(self, path):
        folder, name = self._find(path)
        return folder.live.get(name) if folder else self.top

    def _change(self, *parts):
        for folder, name, node in parts:
            if node is None:
                folder.live.pop(name, None)
            else:
                folder.live[name] = node
        self.names.append(list(parts))

    def _apply(self, change):
        for folder, name, node in change:
            if node is None:
                folder.durable.pop(name, None)
            else:
                folder.durable[name] = node

    def _sync_folder(self, folder):
        """What was done to its names; and, before a move into it, to the name that was left."""
        wanted = set()
        for change in self.names:
            if change[0][0] is folder:
                wanted.update((id(d), name) for d, name, _ in change)
        keep = []
        for change in self.names:
            due = any((id(d), name) in wanted for d, name, _ in change[:1])
            if due:
                self._apply(change)
            else:
                keep.append(change)
        self.names = keep

    def _all_nodes(self):
        stack, seen = [self.top], set()
        while stack:
            node = stack.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            yield node
            if node.is_dir:
                stack.extend(node.live.values())

    def do(self, op):
        kind = op.kind
        if kind == "S":
            self.fds = {}
        elif kind == "O":
            folder, name = self._find(op.p)
            node = folder.live.get(name) if folder else self.top
            if node is None:
                node = Node(False, op.b)
                self._change((folder, name, node))
            elif op.a & os.O_TRUNC and node.live:
                node.live = bytearray()
                node.pending.append((0, None))
            self.fds[op.fd] = node
        elif kind == "C":
            self.fds.pop(op.fd, None)
        elif kind == "W":
            node = self.fds[op.fd]
            self._put(node.live, op.a, op.data)
            node.pending.append((op.a, op.data))
        elif kind == "T":
            node = self.fds[op.fd]
            self._cut(node.live, op.a)
            node.pending.append((op.a, None))
        elif kind == "P":
            self.fds[op.fd].mode = op.a
        elif kind == "M":
            self._change((*self._find(op.p), Node(True, op.a & 0o777)))
        elif kind in "UD":
            self._change((*self._find(op.p), None))
        elif kind == "L":
            self._change((*self._find(op.q), self._node(op.p)))
        elif kind == "R":
            self._change((*self._find(op.q), self._node(op.p)), (*self._find(op.p), None))
        elif kind == "F":
            node = self.fds[op.fd]
            if node.is_dir and "folder" not in self.ignore:
                self._sync_folder(node)
            elif not node.is_dir and "file" not in self.ignore:
                node.sync()
        elif kind == "Y" and "all" not in self.ignore:
            for change in self.names:
                self._apply(change)
            self.names = []
            for node in self._all_nodes():
                if not node.is_dir:
                    node.sync()

    @staticmethod
    def _put(data, at, more):
        if len(data) < at:
            data.extend(bytes(at - len(data)))
        data[at:at + len(more)] = more

    @staticmethod
    def _cut(data, n):
        if n <= len(data):
            del data[n:]
        else:
            data.extend(bytes(n - len(data)))

    # --- what a cut leaves ---

    def _bytes_after(self, node, mode, rng, share, sector):
        if mode == "all":
            return bytes(node.live)
        if mode in ("strict", "names") or not node.pending:
            return node.durable
        data = bytearray(node.durable)
        for at, piece in node.pending:
            if piece is None:
                if rng.random() < share:
                    self._cut(data, at)
                continue
            begin = at
            while begin < at + len(piece):
                end = min(at + len(piece), (begin // sector + 1) * sector)
                if rng.random() < share:
                    self._put(data, begin, piece[begin - at:end - at])
                begin = end
        return bytes(data)

    def cut(self, to, mode, rng):
        """Write the folder that is left to `to`; this disk has not lost anything by it."""
        share, sector = rng.choice([0.1, 0.5, 0.9]), rng.choice([512, 4096])
        if mode == "journal":
            kept = self.names[:rng.randint(0, len(self.names))]
        elif mode == "any":
            kept = [c for c in self.names if rng.random() < share]
        else:
            kept = [] if mode == "strict" else self.names
        after = {}

        def names_of(node):
            return after.setdefault(id(node), dict(node.durable))

        for change in kept:
            for folder, name, node in change:
                if node is None:
                    names_of(folder).pop(name, None)
                else:
                    names_of(folder)[name] = node

        def write(node, path):
            if node.is_dir:
                os.mkdir(path)
                for name, child in names_of(node).items():
                    write(child, os.path.join(path, name))
            else:
                Path(path).write_bytes(self._bytes_after(node, mode, rng, share, sector))
            os.chmod(path, node.mode or 0o755)

        write(self.top, str(to))


def moments(ops, n, rng):
    """n places of the journal to cut at: half of them right behind an acknowledgement."""
    told = [i + 1 for i, op in enumerate(ops) if op.kind == "A"]
    got = [rng.choice(told) if told and rng.random() < 0.5 else rng.randint(0, len(ops))
           for _ in range(n)]
    return sorted(got)


def cuts(root_before, ops, places, rng, make_folder, modes=None, ignore=(), root=None):
    """Replay, and at each place yield (place, mode, folder, what was acknowledged until then).

    root_before is the folder as it was when the journal began; root its name in the journal."""
    disk = Disk(root_before, ignore)
    disk.root = os.path.normpath(root or root_before)
    told, done = [], 0
    for place in places:
        for op in ops[done:place]:
            if op.kind == "A":
                told.append(op.data.decode())
            else:
                disk.do(op)
        done = max(done, place)
        mode = rng.choice(modes or MODES)
        to = make_folder()
        disk.cut(to, mode, rng)
        yield place, mode, to, "".join(told)


def same_tree(a, b):
    """Differences between two folders, as a list of words; -shm files are the engine's own."""
    a, b = Path(a), Path(b)

    def files(top):
        return {str(p.relative_to(top)): p.read_bytes() if p.is_file() else None
                for p in top.rglob("*") if not p.name.endswith("-shm")}

    x, y = files(a), files(b)
    return [n for n in sorted(x.keys() | y.keys()) if x.get(n, 0) != y.get(n, 0)]

"""Gives processes a share of the processors and no more, by a control group of the kernel's; only root may."""

import os
import pathlib

ROOT = pathlib.Path('/sys/fs/cgroup')
PERIOD = 5_000  # microseconds; so short that what is held back goes on soon


class Share:
    """While this stands, these processes and what they start have at most `part` of one processor together. OSError, or
    PermissionError, where the kernel or its owner does not let us."""

    def __init__(self, pids, part):
        quota = int(PERIOD * part)
        if (ROOT / 'cpu').is_dir():  # version 1
            self.parent = ROOT / 'cpu'
            limits = {'cpu.cfs_period_us': str(PERIOD), 'cpu.cfs_quota_us': str(quota)}
        else:
            self.parent = ROOT
            (ROOT / 'cgroup.subtree_control').write_text('+cpu')
            limits = {'cpu.max': f'{quota} {PERIOD}'}
        self.group = self.parent / f'causeway-bench-{os.getpid()}'
        self.group.mkdir()
        try:
            for name, limit in limits.items():
                (self.group / name).write_text(limit)
            for pid in pids:
                (self.group / 'cgroup.procs').write_text(str(pid))
        except OSError:
            self.close()
            raise

    def close(self):
        for pid in (self.group / 'cgroup.procs').read_text().split():
            try:
                (self.parent / 'cgroup.procs').write_text(pid)
            except ProcessLookupError:
                pass
        self.group.rmdir()

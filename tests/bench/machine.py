"""What the machine spends and how it does meanwhile: processor time by process, the disk's latency, others' load."""

import os
import pathlib
import tempfile
import time

TICK = os.sysconf('SC_CLK_TCK')


def children_of(pid):
    """The processes that this one has started and that live."""
    return [int(one) for one in pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split()]


def family_of(pid):
    """A process and all that come of it."""
    try:
        return [pid] + [one for child in children_of(pid) for one in family_of(child)]
    except OSError:
        return []


def processor_seconds(pids):
    """What these processes have used, user and system, in seconds; those that have gone count nothing."""
    total = 0.0
    for pid in pids:
        try:
            for task in os.listdir(f'/proc/{pid}/task'):
                total += int(pathlib.Path(f'/proc/{pid}/task/{task}/schedstat').read_text().split()[0]) / 1e9
        except OSError:
            pass
    return total


def resident_bytes(pid):
    for line in pathlib.Path(f'/proc/{pid}/status').read_text().splitlines():
        if line.startswith('VmRSS:'):
            return int(line.split()[1]) * 1024
    raise AssertionError(f'process {pid} has no resident memory')


def machine_seconds():
    """Seconds of all processors since the start: (busy, stolen by other machines)."""
    words = pathlib.Path('/proc/stat').read_text().split('\n', 1)[0].split()[1:]
    user, nice, system, _, _, irq, softirq, steal = (int(word) / TICK for word in words[:8])
    return user + nice + system + irq + softirq + steal, steal


class Watch:
    """What processes use between making this and `done`. `groups`: name to a function that gives process ids."""

    def __init__(self, groups):
        self.groups = groups
        self.begin = {name: processor_seconds(pids()) for name, pids in groups.items()}
        self.clock = time.perf_counter()
        self.machine = machine_seconds()

    def done(self):
        """(seconds of the processor by group, seconds passed, share of the processors that others had)."""
        used = {name: processor_seconds(pids()) - self.begin[name] for name, pids in self.groups.items()}
        passed = time.perf_counter() - self.clock
        busy, stolen = (now - then for now, then in zip(machine_seconds(), self.machine))
        others = max(0.0, busy - stolen - sum(used.values())) + stolen
        return used, passed, others / (passed * os.cpu_count())


def sync_latency(folder, times=50):
    """Median milliseconds of a 4 KiB write with fdatasync: on some disks it differs by the minute."""
    with tempfile.TemporaryFile(dir=folder) as file:
        taken = []
        for _ in range(times):
            begin = time.perf_counter()
            file.write(b'x' * 4096)
            file.flush()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - begin)
    return sorted(taken)[len(taken) // 2] * 1000

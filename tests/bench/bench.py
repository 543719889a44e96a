"""One question, measured: see tests/bench/run."""

import argparse
import importlib

MODES = {
    'pg': 'peers_bench',
    'sqlite': 'peers_bench',
    'copy': 'copy_bench',
    'scale': 'scale',
    'overload': 'overload',
    'instructions': 'instructions',
}


def main():
    parser = argparse.ArgumentParser(prog='tests/bench/run')
    parser.add_argument('mode', choices=list(MODES))
    parser.add_argument('--quick', action='store_true', help='fewer rounds, customers and seconds: for development')
    parser.add_argument('--rounds', type=int, help='how often everything is measured, in turn')
    parser.add_argument('--seconds', type=float, help='of one measurement')
    parser.add_argument('--customers', type=int, help='how many are seeded')
    parser.add_argument('--records', type=int, help='of the backlog')
    parser.add_argument('--only', help='only workloads that begin with this, for example r1 or w1:64')
    asked = parser.parse_args()
    importlib.import_module(MODES[asked.mode]).main(asked)


if __name__ == '__main__':
    main()

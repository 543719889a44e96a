"""What the bench says and writes: lines on standard output, JSON and pictures in build/bench."""

import json
import os
import re

import machine
import rounds
from gateway import ROOT

FOLDER = ROOT / 'build' / 'bench'
FOLDER.mkdir(parents=True, exist_ok=True)
BUSY = 0.10  # of the processors: what others may have while something is measured


def server_family(gateway):
    """The processes of the PostgreSQL server of this gateway, by its pid file."""
    folder = re.search(r'host=(\S+)', gateway.database.server)[1]
    with open(f'{folder}/data/postmaster.pid', encoding='ascii') as file:
        return machine.family_of(int(file.readline()))


def said(ratio, of_what, at_least=None, aim=None, lower_is_better=False):
    """'1.53 of the peer (least 1.40, most 1.60): reached (at least 1.5, aim 2.2)'"""
    middle = rounds.median(ratio)
    text = f'{middle:.2f} {of_what} ({min(ratio):.2f} to {max(ratio):.2f})'
    if at_least is None:
        return text
    def reached(bound):
        return middle <= bound if lower_is_better else middle >= bound
    word = 'aim reached' if reached(aim) else 'reached' if reached(at_least) else 'NOT REACHED'
    bound = 'at most' if lower_is_better else 'at least'
    return f'{text}: {word} ({bound} {at_least}, aim {aim})'


def tell_noise(ratio, others):
    """Says so where the figures are not to be concluded from."""
    if rounds.is_noisy(ratio):
        print(f'  TOO NOISY TO CONCLUDE: the rounds lie {rounds.spread(ratio):.0%} around their median')
    if rounds.median(others) > BUSY:
        print(f'  NOT ALONE: other processes had {rounds.median(others):.0%} of the processors meanwhile')


def write(name, content):
    path = FOLDER / f'{name}.json'
    path.write_text(json.dumps({'cores': os.cpu_count(), **content}, indent=1) + '\n')
    print(f'  {path.relative_to(ROOT)}')


def write_picture(name, svg):
    path = FOLDER / f'{name}.svg'
    path.write_text(svg)
    print(f'  {path.relative_to(ROOT)}')

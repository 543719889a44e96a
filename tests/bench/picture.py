"""Small pictures as SVG: bars in groups, and lines over a logarithmic axis."""

import math
from xml.sax.saxutils import escape

COLOURS = ('#1b6ca8', '#c96f2e', '#7a8b99', '#5b8c3a')
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 380, 70, 20, 56, 44


def _text(x, y, words, anchor='middle', size=12, colour='#333'):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{escape(str(words))}</text>'


def _steps(most):
    """Round numbers from 0 to at least `most`."""
    step = 10 ** math.floor(math.log10(most)) if most > 0 else 1
    for finer in (5, 2):
        if most / step < 4:
            step /= finer if finer == 5 else 1
    count = math.ceil(most / step)
    while count > 8:
        step, count = step * 2, math.ceil(most / (step * 2))
    return [step * i for i in range(count + 1)]


def _short(number):
    for size, letter in ((1e6, 'M'), (1e3, 'k')):
        if number >= size:
            return f'{number / size:g}{letter}'
    return f'{number:g}'


def _frame(title, names, steps):
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>', _text(LEFT, 20, title, 'start', 15)]
    x = LEFT
    for name, colour in zip(names, COLOURS):
        parts.append(f'<rect x="{x}" y="30" width="10" height="10" fill="{colour}"/>')
        parts.append(_text(x + 15, 39, name, 'start'))
        x += 30 + 7 * len(name)
    for step in steps:
        y = _y(step, steps[-1])
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(_text(LEFT - 8, y + 4, _short(step), 'end'))
    return parts


def _y(value, most):
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / most


def bars(title, labels, names, values):
    """`values`: a list for each name, with a number for each label."""
    steps = _steps(max(max(row) for row in values))
    parts = _frame(title, names, steps)
    room = (WIDTH - LEFT - RIGHT) / len(labels)
    wide = room * 0.8 / len(names)
    for at, label in enumerate(labels):
        begin = LEFT + room * (at + 0.1)
        parts.append(_text(begin + room * 0.4, HEIGHT - BOTTOM + 18, label))
        for turn, (row, colour) in enumerate(zip(values, COLOURS)):
            y = _y(row[at], steps[-1])
            parts.append(f'<rect x="{begin + wide * turn:.1f}" y="{y:.1f}" width="{wide * 0.92:.1f}" height="{HEIGHT - BOTTOM - y:.1f}" '
                         f'fill="{colour}"><title>{escape(names[turn])} {escape(label)}: {row[at]:,.0f}</title></rect>')
    return '\n'.join([*parts, '</svg>', ''])


def lines(title, across, names, values):
    """`across`: what stands below, rising, spaced by its logarithm; `values`: a list for each name."""
    steps = _steps(max(max(row) for row in values))
    parts = _frame(title, names, steps)
    least, most = math.log(across[0]), math.log(across[-1])
    xs = [LEFT + 20 + (WIDTH - LEFT - RIGHT - 40) * (math.log(one) - least) / ((most - least) or 1) for one in across]
    for x, one in zip(xs, across):
        parts.append(_text(x, HEIGHT - BOTTOM + 18, _short(one)))
    for row, colour in zip(values, COLOURS):
        points = ' '.join(f'{x:.1f},{_y(value, steps[-1]):.1f}' for x, value in zip(xs, row))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{_y(value, steps[-1]):.1f}" r="3" fill="{colour}"><title>{one:,}: {value:,.0f}</title></circle>'
                  for x, value, one in zip(xs, row, across)]
    return '\n'.join([*parts, '</svg>', ''])

"""Databases that were seeded once, and are copied for every gateway that begins on them."""

import shutil

from gateway import POSTGRESQL, SQLITE, Gateway


class Template:
    """Makes stopped gateways whose databases are copies of one that was seeded."""

    def __init__(self, database, customers):
        self.database = database
        self.origin = Gateway(database, customers, name='template')

    def gateway(self, settings=(), name='gateway'):
        if self.database is SQLITE:
            made = Gateway(SQLITE, 0, settings, name=name)
            for file in (self.origin.folder / 'var').glob('*.db*'):
                shutil.copy(file, made.folder / 'var')
            return made
        return Gateway(_Copies(self.origin.database), 0, settings, name=name)

    def close(self):
        self.origin.close()


class _Copies(POSTGRESQL):
    """Called with a gateway's folder, it is the fresh databases of that gateway."""

    def __init__(self, origin):
        self.origin = origin

    def __call__(self, folder):
        return POSTGRESQL(folder, template=self.origin.databases)

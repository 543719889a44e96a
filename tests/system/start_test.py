"""A gateway that starts while its databases come and go waits for them; it does not give up at the first cut."""

import unittest

from gateways import Site
from tcp_proxy import FROM_SERVER


class StartOnABadNetwork(unittest.TestCase):
    def test_a_connection_that_is_cut_during_the_start_is_made_again(self):
        site = Site(1, customers=4, name='start')
        self.addCleanup(site.close)
        gateway, proxy = site.gateways[0], site.proxies[0]
        cuts = []
        for passed in (0, 2_000, 5_000, 10_000, 15_000, 20_000, 30_000):
            with self.subTest(passed=passed):
                before = proxy.cuts
                proxy.cut_after(passed, FROM_SERVER)
                gateway.start()
                cuts.append(proxy.cuts - before)
                with gateway.client() as anyone:
                    self.assertEqual(200, anyone.get('/livez').status)
                gateway.kill()
        self.assertGreater(sum(count > 0 for count in cuts), 4, f'the cuts came too late: {cuts}')


if __name__ == '__main__':
    unittest.main()

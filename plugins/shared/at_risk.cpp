#include "plugins/shared/at_risk.hpp"

#include <utility>

#include "causeway/time.hpp"

namespace shared {

causeway::task<causeway::result<causeway::done>> record_read(causeway::sdk::call c, std::string csid,
                                                             std::string what) {
  customer_read row;
  row.read_id = c.new_key<customer_read>();
  row.csid = std::move(csid);
  row.what = std::move(what);
  row.read_at = causeway::sdk::format_time(c.now());
  row.read_by = c.principal();
  row.request_id = c.request_id();
  causeway::sdk::unit work;
  work.insert(std::move(row));
  co_return co_await c.commit(std::move(work));
}

causeway::task<causeway::result<causeway::done>> record_read_at_risk(causeway::sdk::call c, std::string csid,
                                                                     std::string what) {
  causeway::sdk::query<privacy_outcome> query;
  query.where(&privacy_outcome::csid, csid)
      .newest_first(&privacy_outcome::checked_at, &privacy_outcome::check_id)
      .limit(1);
  const auto newest = co_await c.find(std::move(query));
  if (!newest) co_return newest.why();
  if (newest->empty() || newest->front().outcome != "AT_RISK") co_return causeway::done{};
  auto recording = record_read(c, std::move(csid), std::move(what));
  co_return co_await std::move(recording);
}

}  // namespace shared

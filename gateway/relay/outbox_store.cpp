// Only `commit` does something of its own: it maps each record that is to be copied and throws the result away. The
// relay maps again when it copies; what counts here is that it can.
#include "relay/outbox_store.hpp"

#include <algorithm>
#include <utility>

#include "relay/entries.hpp"
#include "relay/outbox.hpp"

namespace causeway {

namespace {

constexpr std::size_t most_entries_read = 50;  // of one record, in each of the two kinds

}  // namespace

outbox_store::outbox_store(record_store &source, std::vector<copy_route> routes, std::shared_ptr<key_maker> keys,
                           const clock &time)
    : source_(source), routes_(std::move(routes)), keys_(std::move(keys)), time_(time) {
  if (routes_.empty()) return;
  outbox_ = outbox_kind(routes_.front().map->from()->store);
  copied_ = copied_kind(outbox_->store);
  copy_ = copy_kind(outbox_->store);
}

void outbox_store::on_copy(std::function<void(const std::string &)> told) { told_ = std::move(told); }

void outbox_store::get(get_request request, time_point deadline, completion<record> done) {
  if (!copy_ || request.kind->name != copy_->name) {
    source_.get(std::move(request), deadline, std::move(done));
    return;
  }
  find_copies(request.key.at(0), deadline, [done = std::move(done)](result<std::vector<record>> found) {
    if (!found) return done(found.why());
    if (found->empty()) return done(fault{outcome::not_found, "the record is not copied", {}});
    done(std::move(found->front()));
  });
}

void outbox_store::find(find_request request, time_point deadline, completion<std::vector<record>> done) {
  if (!copy_ || request.kind->name != copy_->name) {
    source_.find(std::move(request), deadline, std::move(done));
    return;
  }
  if (request.conditions.size() != 1 || request.conditions.front().field != 0 || !request.after.empty()) {
    done(fault{outcome::internal, "copies are found by sourceId only", {}});
    return;
  }
  find_copies(request.conditions.front().equals, deadline, std::move(done));
}

void outbox_store::count(find_request request, time_point deadline, completion<std::int64_t> done) {
  if (copy_ && request.kind->name == copy_->name) {
    done(fault{outcome::internal, "copies are not counted", {}});
    return;
  }
  source_.count(std::move(request), deadline, std::move(done));
}

// The newest that was to put the copy there; what repairs one that stands says nothing of whether it does.
void outbox_store::find_copies(const value &source_id, time_point deadline, completion<std::vector<record>> done) {
  const std::string key(text_of(source_id));
  source_.find(entries_of(outbox_, key, most_entries_read, true), deadline,
               [&source = source_, copied = copied_, copy = copy_, key, deadline,
                done = std::move(done)](result<std::vector<record>> open) mutable {
                 if (!open) return done(open.why());
                 source.find(entries_of(copied, key, most_entries_read, true), deadline,
                             [open = std::move(*open), copy, done = std::move(done)](result<std::vector<record>> made) {
                               if (!made) return done(made.why());
                               std::vector<record> seen;
                               for (const copy_row &asked : joined_entries(open, *made, true)) {
                                 if (asked.action != copy_action::copy) continue;
                                 seen.push_back(seen_by_plugins(asked, copy));
                                 break;
                               }
                               done(std::move(seen));
                             });
               });
}

void outbox_store::commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) {
  const std::size_t asked = unit.changes.size();
  std::vector<std::string> touched;
  if (const auto added = add_orders(unit, touched); !added) {
    done(added.why());
    return;
  }
  if (touched.empty()) {
    source_.commit(std::move(unit), deadline, std::move(done));
    return;
  }
  source_.commit(
      std::move(unit), deadline,
      [told = told_, asked, touched = std::move(touched), done = std::move(done)](result<commit_outcome> committed) {
        if (!committed) return done(committed.why());
        committed->resize(asked);
        done(std::move(committed));  // from here on this store may be gone
        if (told)
          for (const auto &route : touched) told(route);
      });
}

result<done> outbox_store::add_orders(unit_of_work &unit, std::vector<std::string> &touched) {
  std::vector<change> orders;
  for (change &c : unit.changes) {
    for (const copy_route &route : routes_) {
      const record_kind &kind = *route.map->from();
      if (c.what.kind->name != kind.name || c.type == change_type::require) continue;
      if (c.type != change_type::insert)
        return fault{outcome::invalid,
                     kind.name + " is copied to " + route.map->to()->name + " and cannot be changed once it stands",
                     {}};
      const field &key_field = kind.fields[kind.key.front()];
      value &key = c.what.values[kind.key.front()];
      if (!has_content(key) && key_field.generate != key_generation::none) key = keys_->make(key_field.generate);
      const value &csid = c.what["csid"];
      // Without them the record cannot be stored at all, and the store says which of its fields is at fault.
      if (!has_content(key) || !has_content(csid)) continue;
      record as_read = c.what;
      for (value &v : as_read.values)
        if (is_absent(v)) v = null();
      if (const auto mapped = route.map->apply(as_read); !mapped) return mapped.why();
      copy_order order;
      order.mapping = route.mapping_version;
      orders.push_back(
          ask_for_copy(outbox_, route.name, std::string(text_of(csid)), std::string(text_of(key)), time_.now(), order));
      if (std::find(touched.begin(), touched.end(), route.name) == touched.end()) touched.push_back(route.name);
    }
  }
  std::move(orders.begin(), orders.end(), std::back_inserter(unit.changes));
  return causeway::done{};
}

store_state outbox_store::state() const { return source_.state(); }

}  // namespace causeway

// A record store whose text columns hold less than all of Unicode, with that said before anything is written: what
// crosses is fitted by its mapping, what a plugin writes there directly must fit as it is.
#pragma once

#include <memory>

#include "mapping/declaration.hpp"
#include "store/record_store.hpp"

namespace causeway {

// By the contract of record_store, and: a commit with a character in a text field that `holds` lacks is `invalid`, code
// "unmappable-character", every such field named, and writes nothing. What is looked for by such text is not there: no
// record can have it; a find that begins behind such text is `invalid`. Any thread.
class encoded_store final : public record_store {
 public:
  encoded_store(std::shared_ptr<record_store> content, charset holds);

  void get(get_request request, time_point deadline, completion<record> done) override;
  void find(find_request request, time_point deadline, completion<std::vector<record>> done) override;
  void count(find_request request, time_point deadline, completion<std::int64_t> done) override;
  void commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) override;
  store_state state() const override;

 private:
  bool holds(const value &v) const;
  bool can_meet(const find_request &request) const;

  const std::shared_ptr<record_store> content_;
  const charset holds_;
};

}  // namespace causeway

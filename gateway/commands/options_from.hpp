// What the settings mean to the parts of a gateway.
#pragma once

#include "http/server.hpp"
#include "relay/copier.hpp"
#include "settings/settings.hpp"

namespace causeway {

server_limits limits_from(const settings &content);
server_options server_options_from(const settings &content);
// Of the listener for metrics alone: few ask for them, and seldom, so what they may use up is little.
server_options server_options_from(const metrics_settings &content);
relay_options relay_options_from(const settings &content);

}  // namespace causeway

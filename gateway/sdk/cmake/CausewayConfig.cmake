# find_package(Causeway) gives what the author of a plugin needs: the target Causeway::sdk and the function causeway_plugin.
include(${CMAKE_CURRENT_LIST_DIR}/CausewayTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/CausewayPlugin.cmake)
# Below the gateway's prefix: install(TARGETS greeting DESTINATION ${CAUSEWAY_PLUGIN_INSTALL_DIR})
set(CAUSEWAY_PLUGIN_INSTALL_DIR lib/causeway/plugins)

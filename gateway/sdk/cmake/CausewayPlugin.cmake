# causeway_plugin(NAME sources...): a shared object that the gateway loads as NAME, and that sees the SDK only. It is
# written to CAUSEWAY_PLUGIN_DIR, where that is set. The same function inside Causeway's tree and outside of it.
function(causeway_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE Causeway::sdk)
  # Nothing but the entry point is seen outside: two plugins may define the same names.
  set_target_properties(${name} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  if(CAUSEWAY_PLUGIN_DIR)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CAUSEWAY_PLUGIN_DIR})
  endif()
  set_property(GLOBAL APPEND PROPERTY CAUSEWAY_PLUGINS ${name})
endfunction()

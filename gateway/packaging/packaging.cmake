# What `cmake --install` puts where, and the Debian packages that `cpack` makes of it (run by hand: cpack --config
# build/release/CPackConfig.cmake). Three components: gateway (causeway), plugins (causeway-plugins), sdk (causeway-dev;
# gateway/sdk/CMakeLists.txt says what it is).
set(CAUSEWAY_MAINTAINER "The Causeway authors <causeway@example.org>" CACHE STRING "Maintainer of the Debian packages")
set(packaging ${PROJECT_SOURCE_DIR}/gateway/packaging)
set(packed ${PROJECT_BINARY_DIR}/packaging)

# The manual is the program's own word about itself.
foreach(page causeway.1 causeway.yaml.5 bash-completion)
  add_custom_command(OUTPUT ${packed}/${page}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${packed}
    COMMAND $<TARGET_FILE:causeway> manual ${page} > ${packed}/${page}
    DEPENDS causeway VERBATIM)
  list(APPEND pages ${packed}/${page})
endforeach()
# With everything else that is built, since installing needs it; nothing is installed from a sanitizer's build.
if(CAUSEWAY_SANITIZE)
  add_custom_target(causeway_manual DEPENDS ${pages})
else()
  add_custom_target(causeway_manual ALL DEPENDS ${pages})
endif()

# Configuration and units stand beside /usr, and below any other prefix. It is the prefix at installation that counts.
install(CODE [[
  get_filename_component(causeway_prefix "${CMAKE_INSTALL_PREFIX}" NAME)
  set(causeway_beside "")
  if(causeway_prefix STREQUAL "usr")
    set(causeway_beside "../")
  endif()
]] COMPONENT gateway)

install(TARGETS causeway RUNTIME DESTINATION bin COMPONENT gateway)
install(FILES ${packed}/causeway.1 DESTINATION share/man/man1 COMPONENT gateway)
install(FILES ${packed}/causeway.yaml.5 DESTINATION share/man/man5 COMPONENT gateway)
install(FILES ${packed}/bash-completion DESTINATION share/bash-completion/completions RENAME causeway COMPONENT gateway)
install(FILES ${packaging}/causeway.sysusers RENAME causeway.conf DESTINATION lib/sysusers.d COMPONENT gateway)
install(FILES ${packaging}/causeway.service DESTINATION "\${causeway_beside}lib/systemd/system" COMPONENT gateway)
install(CODE [[
  if(NOT causeway_beside)
    set(unit "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/lib/systemd/system/causeway.service")
    file(READ "${unit}" text)
    string(REGEX REPLACE "(/usr/bin/causeway|/etc/causeway)" "${CMAKE_INSTALL_PREFIX}\\1" text "${text}")
    string(REPLACE "${CMAKE_INSTALL_PREFIX}/usr/bin" "${CMAKE_INSTALL_PREFIX}/bin" text "${text}")
    file(WRITE "${unit}" "${text}")
  endif()
]] COMPONENT gateway)
get_property(plugins GLOBAL PROPERTY CAUSEWAY_PLUGINS)
install(TARGETS ${plugins} LIBRARY DESTINATION lib/causeway/plugins COMPONENT plugins)

# The shipped configuration; where it is installed, what the gateway writes goes where a service's state belongs.
set(etc "\${causeway_beside}etc/causeway")
file(GLOB_RECURSE configuration CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/config ${PROJECT_SOURCE_DIR}/config/*)
foreach(file ${configuration})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/config/${file})
  file(READ ${PROJECT_SOURCE_DIR}/config/${file} text)
  string(REGEX REPLACE "\ndataDir: var +# relative to the working directory\n" "\ndataDir: /var/lib/causeway\n" text "${text}")
  file(CONFIGURE OUTPUT ${packed}/etc/${file} CONTENT "${text}" @ONLY)
  cmake_path(GET file PARENT_PATH folder)
  install(FILES ${packed}/etc/${file} DESTINATION "${etc}/${folder}" COMPONENT gateway)
  string(APPEND conffiles "/etc/causeway/${file}\n")
endforeach()
# Of secrets, one a file; the service manager reads them, the gateway gets copies (causeway.service).
install(DIRECTORY DESTINATION "${etc}/secrets" DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE COMPONENT gateway)

# Debian packages. `debian` below the build folder holds what only they have.
file(WRITE ${packed}/debian/conffiles "${conffiles}")
foreach(script postinst prerm postrm)
  configure_file(${packaging}/${script} ${packed}/debian/${script} COPYONLY FILE_PERMISSIONS OWNER_READ OWNER_WRITE
    OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endforeach()
string(TIMESTAMP date "%a, %d %b %Y 00:00:00 +0000" UTC)
configure_file(${packaging}/changelog.in ${packed}/debian/changelog @ONLY)
configure_file(${packaging}/copyright ${packed}/debian/copyright COPYONLY)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME causeway)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "${CAUSEWAY_MAINTAINER}")
set(CPACK_PACKAGE_VENDOR "The Causeway authors")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL gateway plugins sdk)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_CAUSEWAY_DOCUMENTS ${packed}/debian/copyright ${packed}/debian/changelog)
set(CPACK_PRE_BUILD_SCRIPTS ${packaging}/finish_packages.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)

set(CPACK_DEBIAN_GATEWAY_PACKAGE_NAME causeway)
set(CPACK_DEBIAN_GATEWAY_PACKAGE_SECTION net)
set(CPACK_DEBIAN_GATEWAY_PACKAGE_DEPENDS "systemd | systemd-sysusers")
set(CPACK_DEBIAN_GATEWAY_PACKAGE_RECOMMENDS "causeway-plugins (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_GATEWAY_PACKAGE_SUGGESTS "odbc-mariadb, odbc-postgresql") # drivers are loaded by name
set(CPACK_DEBIAN_GATEWAY_PACKAGE_CONTROL_EXTRA ${packed}/debian/conffiles ${packed}/debian/postinst ${packed}/debian/prerm
  ${packed}/debian/postrm)
set(CPACK_COMPONENT_GATEWAY_DESCRIPTION "integration gateway between two record stores
Causeway serves one HTTP API over two record stores, maps each request to
the store that owns the record, and copies records that must stand in both:
once, in order, never lost. Stores are SQLite files, PostgreSQL or MariaDB
databases, over ODBC too; tables, code values and mappings are declared in
/etc/causeway.")

set(CPACK_DEBIAN_PLUGINS_PACKAGE_NAME causeway-plugins)
set(CPACK_DEBIAN_PLUGINS_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PLUGINS_PACKAGE_DEPENDS "causeway (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_PLUGINS_DESCRIPTION "operations of the Causeway integration gateway
The plugins that come with Causeway: online accounts, Personalised Services
and communications. Each declares the operations that it serves.")

set(CPACK_DEBIAN_SDK_PACKAGE_NAME causeway-dev)
set(CPACK_DEBIAN_SDK_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_SDK_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_SDK_PACKAGE_SHLIBDEPS OFF)
set(CPACK_COMPONENT_SDK_DESCRIPTION "headers to write plugins for the Causeway gateway
What the author of a plugin needs: the plugin border in C, coroutines and
typed records over it in C++20, and a CMake package (find_package(Causeway)).")
include(CPack)

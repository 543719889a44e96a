# Run by cpack on what was installed for each package, before it is packed: documents where Debian has them, and pages
# compressed as it wants them.
set(names_gateway causeway)
set(names_plugins causeway-plugins)
set(names_sdk causeway-dev)
foreach(component gateway plugins sdk)
  set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/${component})
  set(documents ${root}/usr/share/doc/${names_${component}})
  file(COPY ${CPACK_CAUSEWAY_DOCUMENTS}
    DESTINATION ${documents} FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ
    DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  file(GLOB pages ${root}/usr/share/man/man*/*)
  execute_process(COMMAND gzip -9nf ${documents}/changelog ${pages} COMMAND_ERROR_IS_FATAL ANY)
endforeach()

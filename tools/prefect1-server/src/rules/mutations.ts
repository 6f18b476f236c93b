// The part of src/prefect_server/graphql/schema/*.graphql that registering and looking after flows needs.
export const MUTATIONS = `
type Mutation {
  create_tenant(input: create_tenant_input!): tenant_id_payload
  create_project(input: create_project_input!): project_id_payload
  delete_project(input: delete_project_input!): success_payload
  create_flow(input: create_flow_input!): flow_id_payload
  create_flow_from_compressed_string(input: create_flow_from_compressed_string_input!): flow_id_payload
  register_tasks(input: register_tasks_input!): success_payload
  register_edges(input: register_edges_input!): success_payload
  delete_flow(input: delete_flow_input!): success_payload
  archive_flow(input: archive_flow_input!): success_payload
  set_schedule_active(input: set_schedule_active_input!): success_payload
  set_schedule_inactive(input: set_schedule_inactive_input!): success_payload
  delete_flow_group(input: delete_flow_group_input!): success_payload
  set_flow_group_default_parameters(input: set_flow_group_default_parameters_input!): success_payload
  set_flow_group_description(input: set_flow_group_description_input!): success_payload
  set_flow_group_labels(input: set_flow_group_labels_input!): success_payload
  set_flow_group_run_config(input: set_flow_group_run_config_input!): success_payload
  set_flow_group_schedule(input: set_flow_group_schedule_input!): success_payload
  delete_flow_group_schedule(input: delete_flow_group_schedule_input!): success_payload
  create_flow_run(input: create_flow_run_input!): flow_run_id_payload
  delete_flow_run(input: delete_flow_run_input!): success_payload
}
type success_payload { success: Boolean error: String }
type tenant_id_payload { id: UUID }
type project_id_payload { id: UUID }
type flow_id_payload { id: UUID }
type flow_run_id_payload { id: UUID }
input create_tenant_input { name: String! slug: String! }
input create_project_input { tenant_id: UUID! name: String! description: String }
input delete_project_input { project_id: UUID! }
input create_flow_input {
  serialized_flow: JSON!
  project_id: UUID!
  version_group_id: String
  set_schedule_active: Boolean
  description: String
  idempotency_key: String
}
input create_flow_from_compressed_string_input {
  serialized_flow: String!
  project_id: UUID!
  version_group_id: String
  set_schedule_active: Boolean
  description: String
  idempotency_key: String
}
input register_tasks_input { serialized_tasks: JSON! flow_id: UUID! }
input register_edges_input { serialized_edges: JSON! flow_id: UUID! }
input delete_flow_input { flow_id: UUID! }
input archive_flow_input { flow_id: UUID! }
input set_schedule_active_input { flow_id: UUID! }
input set_schedule_inactive_input { flow_id: UUID! }
input delete_flow_group_input { flow_group_id: UUID! }
input set_flow_group_default_parameters_input { flow_group_id: UUID! parameters: JSON! }
input set_flow_group_description_input { flow_group_id: UUID! description: String }
input set_flow_group_labels_input { flow_group_id: UUID! labels: [String!] }
input set_flow_group_run_config_input { flow_group_id: UUID! run_config: JSON }
input set_flow_group_schedule_input {
  flow_group_id: UUID! cron_clocks: [cron_clock_input!] interval_clocks: [interval_clock_input!] timezone: String
}
input cron_clock_input { cron: String! parameter_defaults: JSON }
input interval_clock_input { interval: Int! parameter_defaults: JSON }
input delete_flow_group_schedule_input { flow_group_id: UUID! }
input create_flow_run_input {
  flow_id: UUID
  version_group_id: String
  parameters: JSON
  labels: [String!]
  run_config: JSON
  context: JSON
  scheduled_start_time: DateTime
  idempotency_key: String
  flow_run_name: String
}
input delete_flow_run_input { flow_run_id: UUID! }
`;

-- The number of the last entry that changes what some agents should run: of a deployment target, for its own agent; of a customer,
-- for the agents of its targets; of an organization, for those of the vendor's own targets. What changes it for all agents of an
-- organization moves audit_head.desired_seq. It is a table of its own so that rows of targets and customers are locked by nobody
-- who holds the head.
create table desired_number (
  id blob not null primary key,
  seq integer not null
) strict, without rowid;

-- What is at a target is asked for by each agent.
create index deployment_target_of on deployment (target_id);

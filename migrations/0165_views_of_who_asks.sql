-- A view shows no more than who asks may see: this one ran with the rights of its owner.
alter view governance.telling set (security_invoker = true);

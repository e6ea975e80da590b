-- A text without regard to case, as the program folds names. What lower() does depends on the database's locale: with
-- locale C it knows the case of ASCII letters only. A server that was built without ICU has nothing better.
do $$
begin
  if exists (select from pg_collation where collname = 'und-x-icu') then
    create function fold(text) returns text language sql immutable strict parallel safe
      as 'select lower($1 collate "und-x-icu")';
  else
    create function fold(text) returns text language sql immutable strict parallel safe
      as 'select lower($1)';
  end if;
end
$$;

-- The id under which all that comes of one mail or request is logged.
ALTER TABLE queue ADD COLUMN correlation TEXT NOT NULL DEFAULT '';

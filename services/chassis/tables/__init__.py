"""The chassis' own tables. All SQL of a table is in its file; `migrations` creates them all."""

-- Search: an index of words over tasks, comments, memory and boards, which the triggers below keep from
-- being forgotten. Whatever writes a text leaves a note in search_pending, in its transaction; before it commits, the
-- program cuts the text into words and takes the note out. What is deleted goes at once.

-- +goose Up

CREATE TABLE search_pending (
    id        INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL,
    entity_id TEXT NOT NULL CHECK (length(entity_id) = 36)
) STRICT;

CREATE TABLE search_documents (
    id        INTEGER PRIMARY KEY, -- newer things have higher ones
    kind      TEXT NOT NULL,
    entity_id TEXT NOT NULL CHECK (length(entity_id) = 36),
    CONSTRAINT uq_search_documents_entity_id UNIQUE (entity_id)
) STRICT;

-- Holds words only, not the texts. They are cut up and folded already, and scope says who may find them.
CREATE VIRTUAL TABLE search_words USING fts5 (
    scope, title, body, content = '', contentless_delete = 1, tokenize = 'ascii', detail = 'column', prefix = '1 2'
);

-- +goose StatementBegin
CREATE TRIGGER search_documents_deleted AFTER DELETE ON search_documents BEGIN
    DELETE FROM search_words WHERE rowid = OLD.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_tasks_written AFTER INSERT ON tasks BEGIN
    INSERT INTO search_pending (kind, entity_id) VALUES ('task', NEW.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_tasks_changed AFTER UPDATE OF title, description ON tasks WHEN (OLD.title IS NOT NEW.title OR OLD.description IS NOT NEW.description) BEGIN
    INSERT INTO search_pending (kind, entity_id) VALUES ('task', NEW.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_tasks_deleted AFTER DELETE ON tasks BEGIN
    DELETE FROM search_documents WHERE entity_id = OLD.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_activity_events_written AFTER INSERT ON activity_events WHEN NEW.event_type = 'task.comment' BEGIN
    INSERT INTO search_pending (kind, entity_id) VALUES ('comment', NEW.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_activity_events_changed AFTER UPDATE OF message, task_id ON activity_events WHEN NEW.event_type = 'task.comment' AND (OLD.message IS NOT NEW.message OR OLD.task_id IS NOT NEW.task_id) BEGIN
    INSERT INTO search_pending (kind, entity_id) VALUES ('comment', NEW.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_activity_events_deleted AFTER DELETE ON activity_events WHEN OLD.event_type = 'task.comment' BEGIN
    DELETE FROM search_documents WHERE entity_id = OLD.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_board_memory_written AFTER INSERT ON board_memory BEGIN
    INSERT INTO search_pending (kind, entity_id) VALUES ('memory', NEW.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_board_memory_changed AFTER UPDATE OF content ON board_memory WHEN (OLD.content IS NOT NEW.content) BEGIN
    INSERT INTO search_pending (kind, entity_id) VALUES ('memory', NEW.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_board_memory_deleted AFTER DELETE ON board_memory BEGIN
    DELETE FROM search_documents WHERE entity_id = OLD.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_board_group_memory_written AFTER INSERT ON board_group_memory BEGIN
    INSERT INTO search_pending (kind, entity_id) VALUES ('group_memory', NEW.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_board_group_memory_changed AFTER UPDATE OF content ON board_group_memory WHEN (OLD.content IS NOT NEW.content) BEGIN
    INSERT INTO search_pending (kind, entity_id) VALUES ('group_memory', NEW.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_board_group_memory_deleted AFTER DELETE ON board_group_memory BEGIN
    DELETE FROM search_documents WHERE entity_id = OLD.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_boards_written AFTER INSERT ON boards BEGIN
    INSERT INTO search_pending (kind, entity_id) VALUES ('board', NEW.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_boards_changed AFTER UPDATE OF name, description, objective ON boards WHEN (OLD.name IS NOT NEW.name OR OLD.description IS NOT NEW.description OR OLD.objective IS NOT NEW.objective) BEGIN
    INSERT INTO search_pending (kind, entity_id) VALUES ('board', NEW.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_boards_deleted AFTER DELETE ON boards BEGIN
    DELETE FROM search_documents WHERE entity_id = OLD.id;
END;
-- +goose StatementEnd

-- What is there already: the program reads it once the schema is complete.
INSERT INTO search_pending (kind, entity_id) SELECT 'task', id FROM tasks ORDER BY created_at;
INSERT INTO search_pending (kind, entity_id) SELECT 'comment', id FROM activity_events WHERE event_type = 'task.comment' ORDER BY created_at;
INSERT INTO search_pending (kind, entity_id) SELECT 'memory', id FROM board_memory ORDER BY created_at;
INSERT INTO search_pending (kind, entity_id) SELECT 'group_memory', id FROM board_group_memory ORDER BY created_at;
INSERT INTO search_pending (kind, entity_id) SELECT 'board', id FROM boards ORDER BY created_at;

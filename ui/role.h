/*
 * What a cell of the screen means. Views name roles, themes give them colours; nobody else knows a
 * colour. Knows no terminal.
 */
#ifndef OPSDECK_UI_ROLE_H
#define OPSDECK_UI_ROLE_H

/* id, name in theme files */
#define ROLES(X)                                                                                   \
	X(TEXT, "text")                                                                            \
	X(DIM, "dim")                                                                              \
	X(STRONG, "strong")                                                                        \
	X(FRAME, "frame")                                                                          \
	X(FRAME_FOCUS, "frame-focus")                                                              \
	X(FRAME_BAD, "frame-bad")                                                                  \
	X(TITLE, "title")                                                                          \
	X(TITLE_FOCUS, "title-focus")                                                              \
	X(AGE, "age")                                                                              \
	X(STALE, "stale")                                                                          \
	X(KEY, "key")                                                                              \
	X(HINT, "hint")                                                                            \
	X(OK, "ok")                                                                                \
	X(DRIFT, "drift")                                                                          \
	X(WARN, "warn")                                                                            \
	X(CRIT, "crit")                                                                            \
	X(UNKNOWN, "unknown")                                                                      \
	X(UNREACHABLE, "unreachable")                                                              \
	X(ADDED, "added")                                                                          \
	X(ADDED_WORD, "added-word")                                                                \
	X(REMOVED, "removed")                                                                      \
	X(REMOVED_WORD, "removed-word")                                                            \
	X(HEAD, "head")                                                                            \
	X(LINE_NO, "line-number")                                                                  \
	X(SPACE, "space")                                                                          \
	X(HEADING, "heading")                                                                      \
	X(CODE, "code")                                                                            \
	X(LINK, "link")                                                                            \
	X(FIELD, "field")                                                                          \
	X(BADGE, "badge")                                                                          \
	X(ALARM, "alarm")                                                                          \
	X(SELECTED, "selected")

enum role_id {
#define X(id, name) AS_##id,
	ROLES(X)
#undef X
		AS_COUNT
};

/* The name in theme files. */
const char *role_id_name(enum role_id r);

#endif

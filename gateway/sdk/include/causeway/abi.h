/* The plugin border: plain C, so that a plugin outlives the gateway's compiler, standard library and Boost version.
 *
 * A plugin is a shared object that exports one function, `causeway_plugin`. It answers with a `cw_plugin`: what the
 * plugin is called, which record kinds and settings it needs, which operations it serves. The gateway checks all of
 * it before it calls anything else, then creates one instance, lends it the functions of `cw_host`, and hands it one
 * `cw_request` per call. The plugin answers each call once, now or later.
 *
 * Rules that hold everywhere:
 *
 * - Sizes. Every struct that may grow begins with `size`, set by whoever made it. A reader looks at no member that
 *   begins at or behind `size`. Arrays say the distance between their elements (`stride`), for the same reason.
 *
 * - Text is UTF-8 with a length: no terminating NUL, no NUL inside.
 *
 * - Lifetime. What is passed to a function is valid until that function returns, unless its comment says otherwise.
 *   Whoever wants to keep it copies it. Nothing allocated on one side is ever freed on the other.
 *
 * - Threads. `handle` and every callback of one call run one after the other, never at the same time. Calls of
 *   different requests may run at the same time. Host functions may be called from any thread.
 *
 * - Errors. Nothing is thrown across the border. What a plugin lets escape is caught, logged and answered as 500.
 */
#ifndef CAUSEWAY_ABI_H
#define CAUSEWAY_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised when a struct or function changes its meaning; growing at the end of a sized struct does not raise it. */
#define CW_ABI_VERSION 1u

#if defined(__GNUC__)
#define CW_EXPORT __attribute__((visibility("default")))
#define CW_HIDDEN __attribute__((visibility("hidden")))
#else
#define CW_EXPORT
#define CW_HIDDEN
#endif

/* ---- values ------------------------------------------------------------------------------------------------- */

typedef struct cw_text {
  const char *data; /* may be null when size is 0 */
  size_t size;      /* bytes */
} cw_text;

enum cw_value_type {
  CW_ABSENT = 0,  /* not given: an optional member left out, a field an update leaves as it is */
  CW_NULL = 1,    /* given, and empty */
  CW_BOOLEAN = 2, /* as.integer is 0 or 1 */
  CW_INTEGER = 3, /* as.integer */
  CW_TEXT = 4     /* as.text; also csids, codes (readable), dates (YYYY-MM-DD) and times (RFC 3339 UTC, milliseconds) */
};

typedef struct cw_value {
  uint32_t type; /* cw_value_type */
  uint32_t reserved;
  union {
    int64_t integer;
    cw_text text;
  } as;
} cw_value;

/* `count` elements, each `stride` bytes behind the one before. */
typedef struct cw_array {
  const void *data;
  size_t count;
  size_t stride;
} cw_array;

/* ---- outcomes ----------------------------------------------------------------------------------------------- */

enum cw_status {
  CW_OK = 0,
  CW_NOT_FOUND = 1,   /* no such record */
  CW_CONFLICT = 2,    /* a key or a unique field stands already */
  CW_STALE = 3,       /* the expected version has been overtaken, or the call was answered before */
  CW_INVALID = 4,     /* the input cannot be stored or mapped; `faults` names the fields */
  CW_UNAVAILABLE = 5, /* the store cannot be reached */
  CW_OVERLOADED = 6,  /* the store's queue is full */
  CW_DEADLINE = 7,    /* the call's deadline passed first */
  CW_INTERNAL = 8     /* a defect, on either side; the log has the details */
};

/* One thing wrong with one piece of input. */
typedef struct cw_fault {
  cw_text pointer; /* where: a field's name, or a JSON pointer such as "/body/type" */
  cw_text code;    /* what, for programs: "too-long" */
  cw_text detail;  /* what, for people */
} cw_fault;

typedef struct cw_outcome {
  uint32_t size;
  uint32_t status; /* cw_status */
  cw_text detail;  /* for people; holds no SQL, no path and no stored value */
  cw_array faults; /* of cw_fault; with CW_INVALID and CW_CONFLICT where a field is to blame */
} cw_outcome;

/* ---- what a plugin declares --------------------------------------------------------------------------------- */

enum cw_member_flags {
  CW_REQUIRED = 1u << 0 /* must be given (a body member), can never be null (a field of a kind) */
};

/* A field of a record kind that the plugin reads or writes. The gateway refuses the plugin when the configured kind
 * lacks the field or holds it as another type. */
typedef struct cw_field {
  cw_text name;
  uint32_t type; /* cw_value_type */
  uint32_t flags;
} cw_field;

enum cw_use {
  CW_READS = 1u << 0,   /* get and find */
  CW_INSERTS = 1u << 1, /* CW_INSERT, and with CW_UPDATES CW_PUT */
  CW_UPDATES = 1u << 2  /* CW_UPDATE, CW_REQUIRE */
};

/* A record kind that the plugin uses, by its configured name: "pluto.communication". Rows and changes of this kind
 * carry their values in the order of `fields`. A configured field that is not listed stays unseen. */
typedef struct cw_kind {
  cw_text name;
  cw_array fields; /* of cw_field */
  uint32_t uses;   /* cw_use: what the database must grant, and all that is let through; 0: everything */
  uint32_t reserved;
} cw_kind;

/* A setting that a site may give under plugins: settings:. */
typedef struct cw_setting {
  cw_text name;
  uint32_t type;  /* cw_value_type: CW_BOOLEAN, CW_INTEGER or CW_TEXT */
  uint32_t flags; /* CW_REQUIRED: there is no default */
  cw_value default_value;
  cw_text description; /* one sentence */
} cw_setting;

/* A member of a request: of its path, its query or its body. Bodies are objects; a member of an object in the body is
 * named with a dot ("trigger.segment"). Anything that is not declared is refused before the plugin is called. */
typedef struct cw_member {
  cw_text name;
  uint32_t type;       /* cw_value_type */
  uint32_t flags;      /* CW_REQUIRED */
  uint32_t min_length; /* characters, of text */
  uint32_t max_length; /* characters, of text; 0: only limits.body bounds it */
  cw_text format;      /* "", "csid" (1 to 9 digits, handed over as 9), "date", "date-time" */
  cw_text codes; /* "": any; "=A|B": one of these; "pluto.communication.type": that field's code table, if it has one */
  cw_text description;
} cw_member;

/* One row of the public API. */
typedef struct cw_operation {
  cw_text method; /* "GET", "POST", "PATCH" */
  cw_text path;   /* "/v1/customers/{csid}/communications" */
  cw_text summary;
  cw_text roles;           /* "service-officer ps-officer", at least one, separated by a blank */
  cw_array path_members;   /* of cw_member, in the order of the path */
  cw_array query_members;  /* of cw_member; limit and cursor are the gateway's when `flags` says CW_LIST */
  cw_array body_members;   /* of cw_member; none: the operation takes no body, or an empty object */
  cw_text answer_schema;   /* JSON Schema of the answer's body, for /openapi.json */
  uint32_t success_status; /* 200, 201, 202 */
  uint32_t flags;          /* CW_LIST, CW_IF_MATCH */
  cw_text home_store; /* "pluto": where an Idempotency-Key is reserved; without this store the operation cannot run */
} cw_operation;

enum cw_operation_flags {
  CW_LIST = 1u << 0,           /* takes ?limit= and ?cursor= */
  CW_IF_MATCH = 1u << 1,       /* accepts If-Match */
  CW_IF_MATCH_NEEDED = 1u << 2 /* answers 428 without If-Match */
};

/* A pair of record kinds that the plugin passes to `map`. */
typedef struct cw_mapping {
  cw_text from;
  cw_text to;
} cw_mapping;

/* ---- a request and its answer ------------------------------------------------------------------------------- */

/* Names one request that waits for its answer. Never reused; a late or second answer finds it gone. */
typedef uint64_t cw_call;

typedef struct cw_request {
  uint32_t size;
  uint32_t operation; /* index into the plugin's operations */
  cw_text request_id;
  cw_text principal;     /* the officer id that records carry */
  cw_text roles;         /* the caller's, separated by a blank */
  cw_text if_match;      /* the ETag's content without quotes; empty: not given; "*": any */
  cw_text cursor;        /* empty: from the start */
  int64_t limit;         /* 1 to 200 */
  int64_t deadline;      /* milliseconds since 1970; host functions give CW_DEADLINE from then on */
  const cw_value *path;  /* in the order of path_members */
  const cw_value *query; /* in the order of query_members */
  const cw_value *body;  /* in the order of body_members */
} cw_request;

typedef struct cw_answer {
  uint32_t size;
  uint32_t status;  /* HTTP */
  cw_text body;     /* JSON, for a status below 400 */
  cw_text etag;     /* without quotes; empty: none */
  cw_text location; /* path of what was made, percent-encoded; empty: none */
  cw_text code;     /* of a problem (status 400 and above): "privacy-check-required" */
  cw_text detail;   /* of a problem, for people */
  cw_array faults;  /* of a problem: cw_fault */
} cw_answer;

/* ---- record stores ------------------------------------------------------------------------------------------ */

/* One record as read: values in the order of its kind's `fields`. */
typedef struct cw_row {
  const cw_value *values;
  int64_t version; /* of the record, when its kind has one; else 0 */
} cw_row;

enum cw_comparison { CW_EQUAL = 0, CW_IS_NULL = 1 };

typedef struct cw_condition {
  uint32_t field;      /* index into the kind's fields */
  uint32_t comparison; /* cw_comparison */
  cw_value value;
} cw_condition;

typedef struct cw_query {
  uint32_t size;
  uint32_t kind;         /* index into the plugin's kinds */
  cw_array conditions;   /* of cw_condition; all must hold */
  const uint32_t *order; /* indices of fields; the last makes the order total; none: by the key */
  size_t order_count;
  uint32_t descending;   /* 1: the whole order from high to low */
  uint32_t limit;        /* rows, 1 to 1000 */
  const cw_value *after; /* order_count values: begin behind these; null: from the start */
} cw_query;

enum cw_change_type {
  CW_INSERT = 0, /* CW_CONFLICT if the key or a unique field stands already */
  CW_UPDATE = 1, /* of the record with this key; absent fields stay; CW_STALE unless it has the expected version */
  CW_PUT = 2,    /* insert, or update what stands whatever its version */
  CW_REQUIRE = 3 /* writes nothing; CW_STALE unless the record stands at the expected version until the commit */
};

typedef struct cw_change {
  uint32_t size;
  uint32_t type; /* cw_change_type */
  uint32_t kind; /* index into the plugin's kinds */
  uint32_t reserved;
  const cw_value *values; /* in the order of the kind's fields */
  int64_t version;        /* expected, for CW_UPDATE and CW_REQUIRE */
} cw_change;

/* Changes to one store that happen whole or not at all. */
typedef struct cw_unit {
  uint32_t size;
  uint32_t reserved;
  cw_array changes;        /* of cw_change, all of kinds of one store */
  const cw_answer *answer; /* what the call will be answered with if this commits, so that it is kept with the caller's
                              Idempotency-Key in the same transaction; null: none. One that cannot be sent is
                              CW_INTERNAL, and nothing is committed */
} cw_unit;

/* Called once per get, find and commit, on the call's own thread of control, perhaps before the function returns.
 * `rows` is empty for a commit. Everything passed is valid until the callback returns. */
typedef void (*cw_done)(void *state, const cw_outcome *outcome, const cw_row *rows, size_t count);

/* ---- what the gateway lends --------------------------------------------------------------------------------- */

enum cw_log_level { CW_LOG_DEBUG = 0, CW_LOG_INFO = 1, CW_LOG_WARNING = 2, CW_LOG_ERROR = 3 };

/* Valid from `create` until `destroy` returns. Any thread. */
typedef struct cw_host {
  uint32_t size;
  uint32_t abi_version;
  void *context; /* passed back as the first argument */

  /* Milliseconds since 1970, UTC. */
  int64_t (*now)(void *context);

  /* A line for the operator. No personal data: not a name, not a text, not an address. */
  void (*log)(void *context, uint32_t level, cw_text message);

  /* Answers a call. CW_STALE: it was answered before; this answer is dropped and logged. */
  uint32_t (*answer)(void *context, cw_call call, const cw_answer *answer);

  /* Reads one record by its key: values in the order of the kind's configured key. CW_NOT_FOUND where there is none.
   * Whatever happens, `done` is called exactly once. */
  void (*get)(void *context, cw_call call, uint32_t kind, const cw_value *key, size_t key_count, cw_done done,
              void *state);

  /* Reads records in order. An empty answer is CW_OK with no rows. `done` is called exactly once. */
  void (*find)(void *context, cw_call call, const cw_query *query, cw_done done, void *state);

  /* Commits a unit of work. After CW_DEADLINE or CW_UNAVAILABLE it may or may not have happened. `done` is called
   * exactly once. */
  void (*commit)(void *context, cw_call call, const cw_unit *unit, cw_done done, void *state);

  /* Makes a new key for a kind whose configured key says `generate:`; rising in time, unique over all gateways.
   * Writes at most `capacity` bytes (36 are enough for every shipped kind) and returns the length, 0 for a kind that
   * generates none. */
  size_t (*new_key)(void *context, uint32_t kind, char *buffer, size_t capacity);

  /* Maps a record of one kind to another through the mapping declared between the two (backwards, where it is
   * declared the other way round). Pure; `done` is called before this returns, with one row of kind `to` or with
   * CW_INVALID and the faults, named by the fields of `from`. */
  void (*map)(void *context, uint32_t from, uint32_t to, const cw_value *values, cw_done done, void *state);
} cw_host;

/* ---- the plugin --------------------------------------------------------------------------------------------- */

/* Static data of the library: valid for as long as it is loaded. */
typedef struct cw_plugin {
  uint32_t size;
  uint32_t abi_version; /* CW_ABI_VERSION of the header it was built with */
  cw_text name;         /* as in the configuration: "communications" */
  cw_text version;
  cw_array kinds;      /* of cw_kind */
  cw_array mappings;   /* of cw_mapping */
  cw_array settings;   /* of cw_setting */
  cw_array operations; /* of cw_operation */

  /* Makes the instance. `settings` are in the order declared, defaults filled in. Returns CW_OK, or says in `problem`
   * (text that stays valid until the next call of `create`) what is wrong with the settings. One thread, no request. */
  uint32_t (*create)(const cw_host *host, const cw_value *settings, void **instance, cw_text *problem);

  /* Ends the instance: no call is open any more, no callback outstanding. `create` may be called again after it, in the
   * same loaded library: a gateway that loads its configuration anew makes new instances. No two instances share a
   * loaded library at one time. */
  void (*destroy)(void *instance);

  /* Serves one request, which stays valid until the call is answered and `handle` has returned. */
  void (*handle)(void *instance, cw_call call, const cw_request *request);
} cw_plugin;

/* The one exported function. `host_abi_version` is the gateway's; a plugin that knows several may choose. Null: none
 * that fits. */
typedef const cw_plugin *(*cw_entry)(uint32_t host_abi_version);
#define CW_ENTRY_NAME "causeway_plugin"
CW_EXPORT const cw_plugin *causeway_plugin(uint32_t host_abi_version);

#ifdef __cplusplus
}
#endif

#endif /* CAUSEWAY_ABI_H */

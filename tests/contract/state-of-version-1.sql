BEGIN TRANSACTION;
CREATE TABLE deploys (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, release TEXT NOT NULL, previous TEXT,
    slot TEXT NOT NULL, actor TEXT NOT NULL, started REAL NOT NULL, ended REAL,
    outcome TEXT NOT NULL, reason TEXT NOT NULL
) STRICT;
INSERT INTO "deploys" VALUES('d1','deploy','11111111',NULL,'blue','me@here',100.0,110.25,'live','');
INSERT INTO "deploys" VALUES('d2','deploy','11111111','11111111','green','me@here',200.0,NULL,'running','');
CREATE TABLE evidence (
    deploy TEXT PRIMARY KEY REFERENCES deploys (id), document TEXT NOT NULL
) STRICT;
INSERT INTO "evidence" VALUES('d1','{"seconds": [{"at": 7, "kind": "new", "sent": 3, "failed": 1, "latencies": {"4": 2}, "by_slot": {"blue": 2}}], "failures": [{"at": 7.5, "kind": "new", "path": "/", "reason": "status 500", "status": 500, "slot": "", "release": "", "ms": 0.0}]}');
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY, deploy TEXT NOT NULL REFERENCES deploys (id),
    step TEXT NOT NULL, status TEXT NOT NULL, at REAL NOT NULL, detail TEXT NOT NULL
) STRICT;
INSERT INTO "journal" VALUES(1,'d1','preflight','intent',101.0,'{}');
INSERT INTO "journal" VALUES(2,'d1','preflight','done',101.5,'{"seconds": 0.5, "free_gb": 9.1}');
INSERT INTO "journal" VALUES(3,'d2','preflight','intent',201.0,'{}');
INSERT INTO "journal" VALUES(4,'d2','preflight','done',201.5,'{"seconds": 0.5, "free_gb": 9.1}');
INSERT INTO "journal" VALUES(5,'d2','start','intent',202.0,'{}');
CREATE TABLE releases (
    id TEXT PRIMARY KEY, created REAL NOT NULL, document TEXT NOT NULL
) STRICT;
INSERT INTO "releases" VALUES('11111111',1.0,'{"id": "11111111", "version": "v1", "commit": "c0ffee", "created": 1.0, "images": {"api": "sha256:1"}, "compose": {"services": {"nginx": {"image": "nginx:1", "ports": [{"target": 8080, "published": "18080", "protocol": "tcp"}]}, "api": {"image": "shop/api:${HITLESS_VERSION}", "build": {"context": "."}}, "site": {"image": "shop/site:${HITLESS_VERSION}", "build": {"context": "."}}, "worker": {"image": "shop/worker:${HITLESS_VERSION}", "build": {"context": "."}}, "migrate": {"image": "shop/migrate:${HITLESS_VERSION}", "build": {"context": "."}}, "db": {"image": "db:1", "volumes": [{"type": "volume", "source": "data", "target": "/data"}]}}, "volumes": {"data": {"name": "shop_data"}}}, "settings": {"service": "shop", "compose": ["compose.yml"], "proxy": {"service": "nginx", "routes": [{"path": "/", "service": "site", "websocket": false, "assets": false, "timeout": 30.0}, {"path": "/api/", "service": "api", "websocket": false, "assets": false, "timeout": 30.0}, {"path": "/assets/", "service": "site", "websocket": false, "assets": true, "timeout": 30.0}, {"path": "/ws", "service": "api", "websocket": true, "assets": false, "timeout": 30.0}], "include": [], "confirm": "/api/version", "max_body": "10m"}, "web": {"api": {"port": 8000, "ready": "/ready", "replicas": 1}, "site": {"port": 8000, "ready": "/", "replicas": 1}}, "workers": {"worker": {"handover": "overlap", "stop_timeout": 30.0, "port": 8000, "ready": "/ready", "replicas": 1}}, "accessories": ["db"], "ignore": [], "migrations": {"service": "migrate", "command": [], "current": [], "timeout": 600.0}, "smoke": [{"path": "/api/version", "status": 200, "contains": "hello", "content_type": "", "json": {}}], "probe": {"rate": 20.0, "pages": ["/", "/api/version"], "slow": null, "write": null, "websocket": null}, "timing": {"ready": 20.0, "bake": 0.5, "drain": 5.0}, "keep_hot": true, "retain": 5, "subnet": "10.150.7.0/24"}, "snippets": ["gzip on;"]}');
CREATE INDEX journal_deploy ON journal (deploy);
PRAGMA user_version = 1;
COMMIT;

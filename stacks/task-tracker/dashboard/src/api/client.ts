import type {
  Category,
  Label,
  Message,
  MessagePage,
  Ready,
  SearchResult,
  Source,
  Stats,
  Task,
  TaskPage,
  TaskStatus,
  Version,
} from "./types.ts";

/** An answer of 400 and above, or no answer at all (status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

type Parameters = Record<string, string | number | undefined>;

export interface MessageFilter {
  label?: Label | undefined;
  category?: Category | undefined;
  source?: string | undefined;
}

export interface NewMessage {
  source: string;
  external_id: string;
  author: string;
  content: string;
}

/** The API's calls, one method an endpoint; every method throws `ApiError`. */
export class ApiClient {
  private readonly baseUrl: string;

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
  }

  stats(minutes: number): Promise<Stats> {
    return this.get("/api/stats", { minutes });
  }

  messages(filter: MessageFilter, limit: number, cursor?: string): Promise<MessagePage> {
    return this.get("/api/messages", { ...filter, limit, cursor });
  }

  message(id: string): Promise<Message> {
    return this.get(`/api/messages/${encodeURIComponent(id)}`);
  }

  similar(id: string, limit: number): Promise<SearchResult> {
    return this.get(`/api/messages/${encodeURIComponent(id)}/similar`, { limit });
  }

  search(q: string, label: Label | undefined, limit: number): Promise<SearchResult> {
    return this.get("/api/search", { q, label, limit });
  }

  createMessage(message: NewMessage): Promise<Message> {
    return this.send("POST", "/api/messages", message);
  }

  tasks(status: TaskStatus, category: Category | undefined, limit: number): Promise<TaskPage> {
    return this.get("/api/tasks", { status, category, limit });
  }

  createTask(title: string): Promise<Task> {
    return this.send("POST", "/api/tasks", { title });
  }

  moveTask(id: string, status: TaskStatus): Promise<Task> {
    return this.send("PATCH", `/api/tasks/${encodeURIComponent(id)}`, { status });
  }

  async sources(): Promise<Source[]> {
    return (await this.get<{ items: Source[] }>("/api/sources")).items;
  }

  version(): Promise<Version> {
    return this.get("/api/version");
  }

  /** The readiness report, whether the answer is 200 or 503. */
  async ready(): Promise<Ready> {
    const response = await this.fetch("/api/ready", {});
    const report = (await response.json()) as Partial<Ready>;
    if (!report.status || !report.checks) throw await failure(response);
    return { status: report.status, checks: report.checks };
  }

  private get<T>(path: string, parameters: Parameters = {}): Promise<T> {
    return this.request<T>(path + queryString(parameters), {});
  }

  private send<T>(method: string, path: string, body: unknown): Promise<T> {
    const headers = { "Content-Type": "application/json" };
    return this.request<T>(path, { method, headers, body: JSON.stringify(body) });
  }

  private async request<T>(path: string, options: RequestInit): Promise<T> {
    const response = await this.fetch(path, options);
    if (!response.ok) throw await failure(response);
    return (await response.json()) as T;
  }

  private async fetch(path: string, options: RequestInit): Promise<Response> {
    const headers = new Headers(options.headers);
    headers.set("Accept", "application/json");
    try {
      return await fetch(this.baseUrl + path, { ...options, headers });
    } catch (error) {
      throw new ApiError(0, "unreachable", `no answer from the server (${String(error)})`);
    }
  }
}

function queryString(parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size > 0 ? `?${query.toString()}` : "";
}

/** Reads the API's error shape; a proxy's HTML error page still gives its status. */
async function failure(response: Response): Promise<ApiError> {
  const body = await response.text();
  try {
    const { error } = JSON.parse(body) as { error: { code: string; message: string } };
    return new ApiError(response.status, error.code, error.message);
  } catch {
    return new ApiError(response.status, "unknown", `the server answered ${response.status}`);
  }
}

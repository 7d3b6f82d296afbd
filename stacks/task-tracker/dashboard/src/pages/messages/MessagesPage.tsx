import "./messages.css";

import { useParams } from "react-router";

import { PageHead } from "../../ui/PageHead.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { Filters } from "./Filters.tsx";
import { MessageDetail } from "./MessageDetail.tsx";
import { MessageList } from "./MessageList.tsx";
import { SearchBox } from "./SearchBox.tsx";
import { SearchResults } from "./SearchResults.tsx";
import { useWish } from "./wish.ts";

/** All messages: by filter or by meaning, and one of them in full. */
export function Component() {
  const { messageId } = useParams();
  const [wish, setWish] = useWish();
  return (
    <>
      <PageHead title="Messages" text="Search by meaning, in English or Ukrainian." />
      <div className="messages-page" data-detail={messageId !== undefined}>
        <div className="messages-main">
          <SearchBox query={wish.q} onQuery={(q) => setWish({ q })} />
          <Filters wish={wish} onChange={setWish} />
          {wish.q === "" ? (
            <MessageList wish={wish} current={messageId} />
          ) : (
            <SearchResults query={wish.q} label={wish.label} current={messageId} />
          )}
        </div>
        <aside className="messages-detail" aria-label="Chosen message">
          {messageId ? (
            <MessageDetail key={messageId} id={messageId} />
          ) : (
            <div className="card messages-hint">
              <EmptyState icon="messages" title="Choose a message">
                You will see it in full, what became of it, and messages like it.
              </EmptyState>
            </div>
          )}
        </aside>
      </div>
    </>
  );
}

/** The talk about one photo: quick questions of the four kinds, the history, and the field to ask. */

import { useEffect, useId, useRef, useState } from 'react';
import type { Message } from '../../../shared/contract.ts';
import { useConversation } from '../../store/hooks.ts';
import { ask, dropAnswer, forget, readMessages, stopWriting } from '../../store/stores.ts';
import { plainText } from '../../store/writing.ts';
import { Button } from '../../ui/Button.tsx';
import { Confirm } from '../../ui/Dialog.tsx';
import { copyText } from './Explanation.tsx';
import { Prose, Spoken } from './Prose.tsx';

/** One of each kind that the model was taught: yes-no, what, how, why. */
function quickQuestions(isWeak: boolean): string[] {
  return [
    isWeak ? 'Why is it weak?' : 'Why does it work?',
    'What about the light?',
    'How could I improve it?',
    'Is the composition balanced?',
  ];
}

export function Talk({ photo, weak }: { photo: number; weak: boolean }) {
  const { messages, answer } = useConversation(photo);
  const [question, setQuestion] = useState('');
  const [isClearing, setClearing] = useState(false);
  const end = useRef<HTMLDivElement>(null);
  const id = useId();
  const isWriting = answer?.written.state === 'writing';

  useEffect(() => {
    if (messages === null) void readMessages(photo);
  }, [photo, messages]);
  useEffect(() => {
    if (isWriting) end.current?.scrollIntoView({ block: 'nearest' });
  }, [isWriting]);

  const send = (text: string): void => {
    if (text.trim() === '' || isWriting) return;
    setQuestion('');
    void ask(photo, text.trim());
  };
  // While an answer is written again the old one is hidden, and a new question may be in the history already.
  const shown = answer === null ? (messages ?? []) : before(messages ?? [], answer);
  const hasHistory = (messages?.length ?? 0) > 0;
  return (
    <>
      <section className="critique-section talk" aria-label="Talk about this photo">
        {shown.length > 0 && (
          <ol className="messages">
            {shown.map((message, index) => (
              <MessageRow
                key={message.id}
                photo={photo}
                message={message}
                question={message.role === 'critic' ? questionBefore(shown, index) : null}
                isLast={index === shown.length - 1 && answer === null}
              />
            ))}
          </ol>
        )}
        {answer !== null && (
          <div className="messages" data-writing={answer.written.state}>
            <p className="message-person">{answer.question}</p>
            <div className="message-critic">
              <Prose written={answer.written} noteId={id} photo={null} />
              {answer.written.status !== null && <p className="meta writing-status">{answer.written.status}</p>}
              {answer.written.state === 'failed' && (
                <p className="problem" role="alert">
                  {answer.written.problem}
                </p>
              )}
              <div className="text-verbs">
                {isWriting ? (
                  <Button tone="raised" icon="stop" onClick={() => stopWriting(photo, 'ask')}>
                    Stop
                  </Button>
                ) : (
                  answer.written.state === 'failed' && (
                    <>
                      <Button onClick={() => void ask(photo, answer.question, answer.retried)}>Try again</Button>
                      <Button onClick={() => dropAnswer(photo)}>Close</Button>
                    </>
                  )
                )}
              </div>
            </div>
          </div>
        )}
        <Spoken written={answer?.written ?? null} what="Answer" />
        <div ref={end} className="talk-end" />
        <div className="pills quick">
          {quickQuestions(weak).map((text) => (
            <button key={text} type="button" className="pill" disabled={isWriting} onClick={() => send(text)}>
              {text}
            </button>
          ))}
        </div>
        {hasHistory && !isWriting && (
          <div className="text-verbs">
            <Button onClick={() => setClearing(true)}>Delete the talk</Button>
          </div>
        )}
        {isClearing && (
          <Confirm
            title="Delete the talk about this photo?"
            verb="Delete"
            danger
            onClose={() => setClearing(false)}
            onConfirm={() => void forget(photo, null)}
          >
            {messages?.length ?? 0} messages are deleted. The photo, its grade and its explanation stay.
          </Confirm>
        )}
      </section>
      {/* Beside the talk, not in it: it stays at the foot of the panel however far one has scrolled. */}
      <form
        className="ask"
        onSubmit={(event) => {
          event.preventDefault();
          send(question);
        }}
      >
        <label htmlFor={`${id}-ask`} className="only-read">
          Ask about this photo
        </label>
        <textarea
          id={`${id}-ask`}
          rows={1}
          maxLength={4000}
          placeholder="Ask about this photo"
          value={question}
          onChange={(event) => setQuestion(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur();
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            send(question);
          }}
        />
        {question.trim() !== '' && (
          <Button className="ask-send" type="submit" icon="up" label="Ask" disabled={isWriting} tone="raised" />
        )}
      </form>
    </>
  );
}

/** The history without what is being written now. */
function before(messages: readonly Message[], answer: { question: string; retried: boolean }): readonly Message[] {
  const last = messages.findLastIndex((message) => message.role === 'person');
  const isOpen =
    last >= 0 && messages[last]!.text === answer.question && (answer.retried || last === messages.length - 1);
  return isOpen ? messages.slice(0, last) : messages;
}

function questionBefore(messages: readonly Message[], index: number): string | null {
  return messages.slice(0, index).findLast((message) => message.role === 'person')?.text ?? null;
}

function MessageRow({
  photo,
  message,
  question,
  isLast,
}: {
  photo: number;
  message: Message;
  question: string | null;
  isLast: boolean;
}) {
  const noteId = useId();
  if (message.role === 'person') {
    return (
      <li className="message-person">
        <span className="only-read">You: </span>
        <span className="selectable">{message.text}</span>
        <Button
          icon="close"
          label="Delete this question and its answer"
          onClick={() => void forget(photo, message.id)}
        />
      </li>
    );
  }
  const written = {
    parts: [{ heading: null, text: message.text }],
    evidence: [],
    contradicted: [],
    checked: null,
    state: 'complete',
  } as const;
  return (
    <li className="message-critic">
      <span className="only-read">Critic: </span>
      <Prose written={written} noteId={noteId} photo={null} />
      <div className="text-verbs">
        <Button onClick={() => void copyText(plainText({ ...written, status: null, problem: null }), 'Answer')}>
          Copy
        </Button>
        {isLast && question !== null && <Button onClick={() => void ask(photo, question, true)}>Retry</Button>}
      </div>
    </li>
  );
}

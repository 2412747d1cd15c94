package com.nomadicml.beam.imports;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.annotation.Nullable;
import org.apache.beam.sdk.coders.AtomicCoder;

/** Writes a lane's progress field by field; a finished job takes some 48 bytes. */
public final class LaneProgressCoder extends AtomicCoder<LaneProgress> {
  private static final long serialVersionUID = 1L;
  private static final int VERSION = 3;

  @Override
  public void encode(LaneProgress value, OutputStream stream) throws IOException {
    DataOutputStream out = new DataOutputStream(stream);
    out.writeByte(VERSION);
    out.writeLong(value.startedAt());
    out.writeLong(value.frontierAt());
    out.writeLong(value.relookAt());
    out.writeInt(value.relooks());
    out.writeLong(value.stoppedAt());
    out.writeDouble(value.reached());
    out.writeInt(value.pages());
    out.writeInt(value.jobs().size());
    for (JobProgress job : value.jobs()) {
      out.writeBoolean(job.done());
      out.writeBoolean(job.known());
      out.writeLong(job.nextLookAt());
      out.writeLong(job.changedAt());
      out.writeInt(job.inVain());
      out.writeInt(job.quietPasses());
      out.writeLong(job.digest());
      out.writeInt(job.total());
      out.writeInt(job.looks());
      writeTexts(out, job.pendingPages());
      writePass(out, job.pass());
    }
    out.flush();
  }

  @Override
  public LaneProgress decode(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    int version = in.readByte();
    if (version != VERSION) {
      throw new IOException("lane progress of version " + version + ", this is " + VERSION);
    }
    long startedAt = in.readLong();
    long frontierAt = in.readLong();
    long relookAt = in.readLong();
    int relooks = in.readInt();
    long stoppedAt = in.readLong();
    double reached = in.readDouble();
    int pages = in.readInt();
    int size = in.readInt();
    List<JobProgress> jobs = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      boolean done = in.readBoolean();
      boolean known = in.readBoolean();
      long nextLookAt = in.readLong();
      long changedAt = in.readLong();
      int inVain = in.readInt();
      int quietPasses = in.readInt();
      long digest = in.readLong();
      int total = in.readInt();
      int looks = in.readInt();
      List<String> pendingPages = readTexts(in);
      jobs.add(
          new JobProgress(
              done,
              known,
              nextLookAt,
              changedAt,
              inVain,
              quietPasses,
              digest,
              total,
              looks,
              readPass(in),
              pendingPages));
    }
    return new LaneProgress(
        startedAt, frontierAt, relookAt, relooks, stoppedAt, reached, pages, jobs);
  }

  private static void writePass(DataOutputStream out, @Nullable JobProgress.Pass pass)
      throws IOException {
    out.writeBoolean(pass != null);
    if (pass != null) {
      out.writeUTF(pass.cursor());
      writeTexts(out, pass.cursors());
      out.writeInt(pass.uris().size());
      for (long uri : pass.uris()) {
        out.writeLong(uri);
      }
      out.writeInt(pass.rows());
      out.writeLong(pass.digest());
    }
  }

  @Nullable
  private static JobProgress.Pass readPass(DataInputStream in) throws IOException {
    if (!in.readBoolean()) {
      return null;
    }
    String cursor = in.readUTF();
    Set<String> cursors = new LinkedHashSet<>(readTexts(in));
    int size = in.readInt();
    Set<Long> uris = new LinkedHashSet<>();
    for (int i = 0; i < size; i++) {
      uris.add(in.readLong());
    }
    return new JobProgress.Pass(cursor, cursors, uris, in.readInt(), in.readLong());
  }

  private static void writeTexts(DataOutputStream out, Iterable<String> texts) throws IOException {
    List<String> list = new ArrayList<>();
    texts.forEach(list::add);
    out.writeInt(list.size());
    for (String text : list) {
      out.writeUTF(text);
    }
  }

  private static List<String> readTexts(DataInputStream in) throws IOException {
    int size = in.readInt();
    List<String> texts = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      texts.add(in.readUTF());
    }
    return texts;
  }
}

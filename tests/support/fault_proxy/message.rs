//! One HTTP/1.1 request as it was sent, to be sent on.

use std::io::{self, ErrorKind, Read};

/// A request, whole.
pub(crate) struct Message {
    pub(crate) method: String,
    /// With the query.
    pub(crate) path: String,
    /// Head and body, but with `Connection: close`: the answer ends with the connection.
    pub(crate) bytes: Vec<u8>,
}

/// Reads one request; none if the client sends nothing.
pub(crate) fn read_request(from: &mut impl Read) -> io::Result<Option<Message>> {
    let invalid = |what: &str| io::Error::new(ErrorKind::InvalidData, what.to_owned());
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    let end_of_head = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        match from.read(&mut buffer)? {
            0 if bytes.is_empty() => return Ok(None),
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            length => bytes.extend_from_slice(&buffer[..length]),
        }
    };
    let head = String::from_utf8(bytes[..end_of_head].to_vec()).map_err(|_| invalid("the head is no text"))?;
    let mut words = head.split_ascii_whitespace();
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return Err(invalid("no request line")) };
    let mut length = 0;
    let mut kept = String::new();
    for line in head.trim_end().lines() {
        match line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim())) {
            Some((name, value)) if name == "content-length" => {
                length = value.parse().map_err(|_| invalid("no length"))?;
            }
            Some((name, _)) if name == "transfer-encoding" => return Err(invalid("a body in chunks")),
            Some((name, _)) if name == "connection" => continue,
            _ => {}
        }
        kept.push_str(line);
        kept.push_str("\r\n");
    }
    kept.push_str("Connection: close\r\n\r\n");
    while bytes.len() < end_of_head + length {
        match from.read(&mut buffer)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => bytes.extend_from_slice(&buffer[..read]),
        }
    }
    let body = &bytes[end_of_head..end_of_head + length];
    let whole = [kept.as_bytes(), body].concat();
    Ok(Some(Message { method: method.to_owned(), path: path.to_owned(), bytes: whole }))
}
